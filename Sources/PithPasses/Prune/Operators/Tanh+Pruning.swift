import PithGraph

extension Tanh: ElementwisePrunable {}
