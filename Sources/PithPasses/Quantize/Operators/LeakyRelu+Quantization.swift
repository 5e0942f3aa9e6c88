import PithGraph

extension LeakyRelu: Quantizable {}
