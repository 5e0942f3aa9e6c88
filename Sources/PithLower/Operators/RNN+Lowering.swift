import PithGraph

extension RNN: RecurrentLowerable {}
