import PithGraph

extension GRU: RecurrentLowerable {}
