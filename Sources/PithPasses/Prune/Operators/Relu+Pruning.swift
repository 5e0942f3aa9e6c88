import PithGraph

extension Relu: ElementwisePrunable {}
