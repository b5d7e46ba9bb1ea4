# Sequence models: a translator with attention, temporal convolutions, a tagger on packed sequences.
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.nn.utils import weight_norm
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
MAX_LENGTH = 6


class EncoderRNN(nn.Module):
    def __init__(self, input_size, hidden_size):
        super(EncoderRNN, self).__init__()
        self.hidden_size = hidden_size

        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)

    def forward(self, input, hidden):
        embedded = self.embedding(input).view(1, 1, -1)
        output = embedded
        output, hidden = self.gru(output, hidden)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size, device=device, dtype=self.embedding.weight.dtype)


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size, dropout_p=0.1, max_length=MAX_LENGTH):
        super(AttnDecoderRNN, self).__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(output_size, self.hidden_size)
        self.attn = nn.Linear(self.hidden_size * 2, max_length)
        self.attn_combine = nn.Linear(self.hidden_size * 2, self.hidden_size)
        self.dropout = nn.Dropout(dropout_p)
        self.gru = nn.GRU(self.hidden_size, self.hidden_size)
        self.out = nn.Linear(self.hidden_size, output_size)

    def forward(self, input, hidden, encoder_outputs):
        embedded = self.embedding(input).view(1, 1, -1)
        embedded = self.dropout(embedded)

        attn_weights = F.softmax(self.attn(torch.cat((embedded[0], hidden[0]), 1)), dim=1)
        attn_applied = torch.bmm(attn_weights.unsqueeze(0), encoder_outputs.unsqueeze(0))

        output = torch.cat((embedded[0], attn_applied[0]), 1)
        output = self.attn_combine(output).unsqueeze(0)

        output = F.relu(output)
        output, hidden = self.gru(output, hidden)

        output = F.log_softmax(self.out(output[0]), dim=1)
        return output, hidden, attn_weights


class Translator(nn.Module):
    def __init__(self):
        super(Translator, self).__init__()
        self.encoder = EncoderRNN(9, 6).to(device)
        self.decoder = AttnDecoderRNN(6, 7).to(device)

    def forward(self, input_tensor, target_tensor):
        encoder_hidden = self.encoder.initHidden()
        encoder_outputs = torch.zeros(
            MAX_LENGTH, self.encoder.hidden_size, device=device, dtype=encoder_hidden.dtype
        )
        loss = 0
        for ei in range(input_tensor.size(0)):
            encoder_output, encoder_hidden = self.encoder(input_tensor[ei], encoder_hidden)
            encoder_outputs[ei] = encoder_output[0, 0]

        decoder_input = torch.tensor([[0]], device=device)
        decoder_hidden = encoder_hidden
        criterion = nn.NLLLoss()
        use_teacher_forcing = True if random.Random(3).random() < 0.5 else False
        for di in range(target_tensor.size(0)):
            decoder_output, decoder_hidden, decoder_attention = self.decoder(
                decoder_input, decoder_hidden, encoder_outputs
            )
            topv, topi = decoder_output.topk(1)
            decoder_input = target_tensor[di] if use_teacher_forcing else topi.squeeze().detach()
            loss += criterion(decoder_output, target_tensor[di].view(1))
            if decoder_input.item() == 6:
                break
        return loss / target_tensor.size(0)


class Chomp1d(nn.Module):
    def __init__(self, chomp_size):
        super(Chomp1d, self).__init__()
        self.chomp_size = chomp_size

    def forward(self, x):
        return x[:, :, : -self.chomp_size].contiguous()


class TemporalBlock(nn.Module):
    def __init__(self, n_inputs, n_outputs, kernel_size, stride, dilation, padding, dropout=0.2):
        super(TemporalBlock, self).__init__()
        self.conv1 = weight_norm(
            nn.Conv1d(
                n_inputs, n_outputs, kernel_size, stride=stride, padding=padding, dilation=dilation
            )
        )
        self.chomp1 = Chomp1d(padding)
        self.relu1 = nn.ReLU()
        self.dropout1 = nn.Dropout(dropout)
        self.net = nn.Sequential(self.conv1, self.chomp1, self.relu1, self.dropout1)
        self.downsample = nn.Conv1d(n_inputs, n_outputs, 1) if n_inputs != n_outputs else None
        self.relu = nn.ReLU()
        self.init_weights()

    def init_weights(self):
        self.conv1.weight.data.normal_(0, 0.01)
        if self.downsample is not None:
            self.downsample.weight.data.normal_(0, 0.01)

    def forward(self, x):
        out = self.net(x)
        res = x if self.downsample is None else self.downsample(x)
        return self.relu(out + res)


class TemporalConvNet(nn.Module):
    def __init__(self, num_inputs=3, num_channels=(4, 6), kernel_size=2, dropout=0.2):
        super(TemporalConvNet, self).__init__()
        layers = []
        num_levels = len(num_channels)
        for i in range(num_levels):
            dilation_size = 2**i
            in_channels = num_inputs if i == 0 else num_channels[i - 1]
            out_channels = num_channels[i]
            layers += [
                TemporalBlock(
                    in_channels,
                    out_channels,
                    kernel_size,
                    stride=1,
                    dilation=dilation_size,
                    padding=(kernel_size - 1) * dilation_size,
                    dropout=dropout,
                )
            ]
        self.network = nn.Sequential(*layers)

    def forward(self, x):
        return self.network(x)


class GatedCausal(nn.Module):
    """WaveNet's unit: a gate and a filter, skips summed."""

    def __init__(self, channels=4, layers=3):
        super().__init__()
        self.dilations = [2**i for i in range(layers)]
        self.convs = nn.ModuleList(
            [nn.Conv1d(channels, 2 * channels, 2, dilation=d) for d in self.dilations]
        )
        self.skips = nn.ModuleList([nn.Conv1d(channels, 5, 1) for _ in self.dilations])

    def forward(self, x):
        skip = 0
        for d, conv, s in zip(self.dilations, self.convs, self.skips):
            h = conv(F.pad(x, (d, 0)))
            a, b = torch.split(h, h.size(1) // 2, dim=1)
            h = torch.tanh(a) * torch.sigmoid(b)
            x = x + h
            skip = skip + s(h)
        return F.glu(F.relu(skip[:, :4]), 1)


class Tagger(nn.Module):
    def __init__(self, vocab=12, emb=5, hidden=4, tags=3):
        super(Tagger, self).__init__()
        self.embeds = nn.Embedding(vocab, emb, padding_idx=0)
        self.lstm = nn.LSTM(emb, hidden, num_layers=2, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(2 * hidden, tags)
        self.transitions = nn.Parameter(torch.randn(tags, tags))
        for name, param in self.lstm.named_parameters():
            if "bias" in name:
                nn.init.constant_(param, 0.0)
                n = param.size(0)
                param.data[n // 4 : n // 2].fill_(1.0)
            elif "weight" in name:
                nn.init.orthogonal_(param)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(
            self.embeds(x), lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        out, (h, c) = self.lstm(packed)
        out, lens = pad_packed_sequence(out, batch_first=True)
        feats = self.fc(out)
        mask = torch.arange(feats.size(1))[None, :] < lens[:, None]
        # the partition function of a linear chain
        alpha = feats[:, 0]
        for t in range(1, feats.size(1)):
            step = torch.logsumexp(
                alpha.unsqueeze(2) + self.transitions + feats[:, t].unsqueeze(1), dim=1
            )
            alpha = torch.where(mask[:, t].unsqueeze(1), step, alpha)
        return torch.logsumexp(alpha, 1), h[-1]

    def optimizer(self):
        return optim.SGD(self.parameters(), lr=0.1)
