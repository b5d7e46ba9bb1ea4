# A variational autoencoder, a DCGAN, a masked autoregressive net and a coupling flow.
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.nn.parallel
from torch.autograd import Variable


class VAE(nn.Module):
    def __init__(self):
        super(VAE, self).__init__()

        self.fc1 = nn.Linear(20, 12)
        self.fc21 = nn.Linear(12, 4)
        self.fc22 = nn.Linear(12, 4)
        self.fc3 = nn.Linear(4, 12)
        self.fc4 = nn.Linear(12, 20)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        if self.training:
            eps = torch.randn_like(std)
            return mu + eps * std
        return mu

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 20))
        z = self.reparameterize(mu, logvar)
        recon_x = self.decode(z)
        BCE = F.binary_cross_entropy(recon_x, torch.sigmoid(x).view(-1, 20), reduction="sum")
        # 0.5 * sum(1 + log(sigma^2) - mu^2 - sigma^2)
        KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
        return BCE + KLD


# custom weights initialization called on netG and netD
def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        m.weight.data.normal_(0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        m.weight.data.normal_(1.0, 0.02)
        m.bias.data.fill_(0)


class Generator(nn.Module):
    def __init__(self, ngpu, nz=5, ngf=4, nc=3):
        super(Generator, self).__init__()
        self.ngpu = ngpu
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, ngf * 2, 4, 1, 0, bias=False),
            nn.BatchNorm2d(ngf * 2),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf * 2, ngf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ngf),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False),
            nn.Tanh(),
        )

    def forward(self, input):
        if input.is_cuda and self.ngpu > 1:
            output = nn.parallel.data_parallel(self.main, input, range(self.ngpu))
        else:
            output = self.main(input)
        return output


class Discriminator(nn.Module):
    def __init__(self, ndf=4, nc=3):
        super(Discriminator, self).__init__()
        self.main = nn.Sequential(
            nn.Conv2d(nc, ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, ndf * 2, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ndf * 2),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf * 2, 1, 4, 1, 0, bias=False),
            nn.Sigmoid(),
        )

    def forward(self, input):
        return self.main(input).view(-1, 1).squeeze(1)


class GAN(nn.Module):
    def __init__(self):
        super(GAN, self).__init__()
        self.netG = Generator(ngpu=int(torch.cuda.is_available()))
        self.netD = Discriminator()
        self.netG.apply(weights_init)
        self.netD.apply(weights_init)
        self.criterion = nn.BCELoss()

    def forward(self, noise, real):
        label = torch.full((real.size(0),), 1, dtype=real.dtype, device=real.device)
        errD_real = self.criterion(self.netD(real), label)
        fake = self.netG(noise)
        errD_fake = self.criterion(self.netD(fake.detach()), torch.zeros_like(label))
        errG = self.criterion(self.netD(fake), label)
        return errD_real + errD_fake, errG, fake


class MaskedLinear(nn.Linear):
    """same as Linear except has a configurable mask on the weights"""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__(in_features, out_features, bias)
        self.register_buffer("mask", torch.ones(out_features, in_features))

    def set_mask(self, mask):
        self.mask.data.copy_(torch.from_numpy(mask.astype(np.uint8).T))

    def forward(self, input):
        return F.linear(input, (self.mask > 0).to(input.dtype) * self.weight, self.bias)


class MADE(nn.Module):
    def __init__(self, nin=5, hidden_sizes=(8, 8)):
        super().__init__()
        self.net = []
        hs = [nin] + list(hidden_sizes) + [nin]
        for h0, h1 in zip(hs, hs[1:]):
            self.net.extend([MaskedLinear(h0, h1), nn.ReLU()])
        self.net.pop()  # pop the last ReLU for the output layer
        self.net = nn.Sequential(*self.net)
        rng = np.random.RandomState(3)
        m = {-1: np.arange(nin)}
        for l in range(len(hidden_sizes)):
            m[l] = rng.randint(m[l - 1].min(), nin - 1, size=hidden_sizes[l])
        L = len(hidden_sizes)
        masks = [m[l - 1][:, None] <= m[l][None, :] for l in range(L)]
        masks.append(m[L - 1][:, None] < m[-1][None, :])
        layers = [l for l in self.net.modules() if isinstance(l, MaskedLinear)]
        for l, m in zip(layers, masks):
            l.set_mask(m)

    def forward(self, x):
        return self.net(x)


class AffineHalfFlow(nn.Module):
    def __init__(self, dim, parity, nh=6):
        super().__init__()
        self.dim = dim
        self.parity = parity
        self.s_cond = nn.Sequential(
            nn.Linear(dim // 2, nh), nn.LeakyReLU(0.2), nn.Linear(nh, dim // 2)
        )
        self.t_cond = nn.Sequential(
            nn.Linear(dim // 2, nh), nn.LeakyReLU(0.2), nn.Linear(nh, dim // 2)
        )

    def forward(self, x):
        x0, x1 = x[:, ::2], x[:, 1::2]
        if self.parity:
            x0, x1 = x1, x0
        s = self.s_cond(x0)
        t = self.t_cond(x0)
        z0 = x0
        z1 = torch.exp(s) * x1 + t
        if self.parity:
            z0, z1 = z1, z0
        z = torch.zeros_like(x)
        z[:, ::2], z[:, 1::2] = z0, z1
        log_det = torch.sum(s, dim=1)
        return z, log_det


class NormalizingFlow(nn.Module):
    def __init__(self, dim=4, n=3):
        super().__init__()
        self.flows = nn.ModuleList([AffineHalfFlow(dim, i % 2) for i in range(n)])

    def forward(self, x):
        m, _ = x.shape
        log_det = Variable(torch.zeros(m, dtype=x.dtype))
        zs = [x]
        for flow in self.flows:
            x, ld = flow.forward(x)
            log_det += ld
            zs.append(x)
        return zs[-1], log_det
