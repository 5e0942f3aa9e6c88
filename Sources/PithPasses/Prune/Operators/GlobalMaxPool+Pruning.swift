import PithGraph

extension GlobalMaxPool: PoolPrunable {}
