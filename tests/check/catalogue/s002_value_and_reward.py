# check: select=S002
"""Actor and critic: the critic's column of values is taken from a row of rewards."""

import torch
from torch import nn


class ActorCritic(nn.Module):
    def __init__(self, obs=8, actions=4):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(obs, 32), nn.Tanh())
        self.actor = nn.Linear(32, actions)
        self.critic = nn.Linear(32, 1)

    def forward(self, observation, reward):
        h = self.body(observation)
        advantage = torch.sub(reward, self.critic(h))  # expect: S002
        return self.actor(h), advantage


def build():
    return ActorCritic(), (torch.randn(5, 8), torch.randn(5))
