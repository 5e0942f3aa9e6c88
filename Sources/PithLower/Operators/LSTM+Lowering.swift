import PithGraph

extension LSTM: RecurrentLowerable {}
