import PithGraph

extension AveragePool: PoolPrunable {}
