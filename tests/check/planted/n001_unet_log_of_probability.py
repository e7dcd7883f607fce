"""A U-Net that returns log probabilities from a softmax over classes that underflows."""

import torch

from tests.check.bodies.unet import UNet


class LogUNet(UNet):
    def forward(self, image):
        logits = self.outc(self.decode(self.encode(image))) * 1e6
        probability = torch.softmax(logits, dim=1)
        return torch.log(probability)  # expect: N001 # expect: N004


def build():
    torch.manual_seed(0)
    return LogUNet(), (torch.randn(1, 3, 64, 64),)
