import PithGraph

extension GlobalAveragePool: PoolPrunable {}
