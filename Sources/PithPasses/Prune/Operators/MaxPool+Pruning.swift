import PithGraph

extension MaxPool: PoolPrunable {}
