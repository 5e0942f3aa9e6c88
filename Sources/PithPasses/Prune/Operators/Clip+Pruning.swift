import PithGraph

extension Clip: ElementwisePrunable {}
