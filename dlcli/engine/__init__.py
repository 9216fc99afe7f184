"""The training loop and what it stands on: device, optimizers, schedules, checkpoints."""
