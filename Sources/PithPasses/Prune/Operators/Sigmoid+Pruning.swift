import PithGraph

extension Sigmoid: ElementwisePrunable {}
