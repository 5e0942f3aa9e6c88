import PithGraph

extension LeakyRelu: ElementwisePrunable {}
