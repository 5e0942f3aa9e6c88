import PithGraph

extension Identity: ElementwisePrunable {}
