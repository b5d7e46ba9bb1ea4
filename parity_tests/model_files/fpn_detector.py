"""Feature pyramid with RetinaNet-like heads, boxes decoded and a focal loss."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class FPN(nn.Module):
    def __init__(self, width=4):
        super(FPN, self).__init__()
        self.conv1 = nn.Conv2d(3, width, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.c3 = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.c4 = nn.Conv2d(2 * width, 4 * width, 3, stride=2, padding=1)
        self.c5 = nn.Conv2d(4 * width, 8 * width, 3, stride=2, padding=1)

        # Lateral layers
        self.latlayer1 = nn.Conv2d(8 * width, 6, kernel_size=1, stride=1, padding=0)
        self.latlayer2 = nn.Conv2d(4 * width, 6, kernel_size=1, stride=1, padding=0)
        self.latlayer3 = nn.Conv2d(2 * width, 6, kernel_size=1, stride=1, padding=0)
        # Top-down layers
        self.toplayer1 = nn.Conv2d(6, 6, kernel_size=3, stride=1, padding=1)
        self.toplayer2 = nn.Conv2d(6, 6, kernel_size=3, stride=1, padding=1)

    def _upsample_add(self, x, y):
        _, _, H, W = y.size()
        return F.upsample(x, size=(H, W), mode="bilinear") + y

    def forward(self, x):
        c1 = F.relu(self.bn1(self.conv1(x)))
        c1 = F.max_pool2d(c1, kernel_size=3, stride=2, padding=1)
        c3 = F.relu(self.c3(c1))
        c4 = F.relu(self.c4(c3))
        c5 = F.leaky_relu(self.c5(c4), 0.1)
        p5 = self.latlayer1(c5)
        p4 = self._upsample_add(p5, self.latlayer2(c4))
        p4 = self.toplayer1(p4)
        p3 = self._upsample_add(p4, self.latlayer3(c3))
        p3 = self.toplayer2(p3)
        return p3, p4, p5


def meshgrid(x, y, row_major=True):
    a = torch.arange(0, x)
    b = torch.arange(0, y)
    xx = a.repeat(y).view(-1, 1)
    yy = b.view(-1, 1).repeat(1, x).view(-1, 1)
    return torch.cat([xx, yy], 1) if row_major else torch.cat([yy, xx], 1)


def box_iou(box1, box2):
    lt = torch.max(box1[:, None, :2], box2[:, :2])
    rb = torch.min(box1[:, None, 2:], box2[:, 2:])
    wh = (rb - lt).clamp(min=0)
    inter = wh[:, :, 0] * wh[:, :, 1]
    area1 = (box1[:, 2] - box1[:, 0]) * (box1[:, 3] - box1[:, 1])
    area2 = (box2[:, 2] - box2[:, 0]) * (box2[:, 3] - box2[:, 1])
    return inter / (area1[:, None] + area2 - inter)


class RetinaNet(nn.Module):
    num_anchors = 2

    def __init__(self, num_classes=3):
        super(RetinaNet, self).__init__()
        self.fpn = FPN()
        self.num_classes = num_classes
        self.loc_head = self._make_head(self.num_anchors * 4)
        self.cls_head = self._make_head(self.num_anchors * self.num_classes)
        pi = 0.01
        nn.init.constant_(self.cls_head[-1].bias, -math.log((1 - pi) / pi))

    def _make_head(self, out_planes):
        layers = []
        for _ in range(2):
            layers.append(nn.Conv2d(6, 6, kernel_size=3, stride=1, padding=1))
            layers.append(nn.ReLU(True))
        layers.append(nn.Conv2d(6, out_planes, kernel_size=3, stride=1, padding=1))
        return nn.Sequential(*layers)

    def anchors(self, fm, stride):
        xy = meshgrid(fm.size(3), fm.size(2)).to(fm.dtype) * stride + stride / 2
        boxes = []
        for scale in [1.0, 2**0.5]:
            wh = torch.ones_like(xy) * 4 * stride * scale
            boxes.append(torch.cat([xy - wh / 2, xy + wh / 2], 1))
        return torch.stack(boxes, 1).view(-1, 4)

    def forward(self, x):
        fms = self.fpn(x)
        loc_preds, cls_preds, boxes = [], [], []
        for level, fm in enumerate(fms):
            loc_pred = self.loc_head(fm)
            cls_pred = self.cls_head(fm)
            # [N, 9*4,H,W] -> [N,H,W, 9*4] -> [N,H*W*9, 4]
            loc_pred = loc_pred.permute(0, 2, 3, 1).contiguous().view(x.size(0), -1, 4)
            cls_pred = (
                cls_pred.permute(0, 2, 3, 1).contiguous().view(x.size(0), -1, self.num_classes)
            )
            loc_preds.append(loc_pred)
            cls_preds.append(cls_pred)
            boxes.append(self.anchors(fm, 2 ** (level + 3)))
        loc, cls, boxes = torch.cat(loc_preds, 1), torch.cat(cls_preds, 1), torch.cat(boxes, 0)
        target = boxes[::7].clone()
        target[:, :2] += 3.0
        target[:, 2:].add_(-1.0)
        ious = box_iou(boxes, target)
        best, index = ious.max(1)
        labels = 1 + index % self.num_classes
        labels[best < 0.5] = 0
        ignore = (best > 0.4) & (best < 0.5)
        labels[ignore] = -1
        return self.focal_loss(cls, labels) + self.smooth(loc, boxes, target[index], labels)

    def focal_loss(self, x, labels, alpha=0.25, gamma=2):
        pos_neg = labels > -1
        y = labels[pos_neg].unsqueeze(0).expand(x.size(0), -1).reshape(-1)
        x = x[:, pos_neg].reshape(-1, self.num_classes)
        t = torch.eye(self.num_classes + 1, dtype=x.dtype)[y][:, 1:]
        p = x.sigmoid()
        pt = p * t + (1 - p) * (1 - t)
        w = alpha * t + (1 - alpha) * (1 - t)
        w = w * (1 - pt).pow(gamma)
        return F.binary_cross_entropy_with_logits(x, t, w.detach(), reduction="sum") / max(
            1, (y > 0).sum().item()
        )

    def smooth(self, loc, boxes, target, labels):
        wh = boxes[:, 2:] - boxes[:, :2]
        t_xy = ((target[:, :2] + target[:, 2:]) / 2 - (boxes[:, :2] + boxes[:, 2:]) / 2) / wh
        t_wh = torch.log((target[:, 2:] - target[:, :2]).clamp(min=1.0) / wh)
        t = torch.cat([t_xy, t_wh], 1).unsqueeze(0).expand_as(loc)
        mask = (labels > 0).unsqueeze(1).expand_as(loc)
        diff = loc[mask] - t[mask]
        x = diff.abs()
        l = x < 1
        return (l.to(x.dtype) * (0.5 * x**2) + (~l).to(x.dtype) * (x - 0.5)).sum()
