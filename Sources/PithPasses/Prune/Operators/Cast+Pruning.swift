import PithGraph

extension Cast: ElementwisePrunable {}
