import PithGraph

extension Relu: Quantizable {}
