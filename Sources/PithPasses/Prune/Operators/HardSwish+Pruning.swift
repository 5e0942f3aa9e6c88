import PithGraph

extension HardSwish: ElementwisePrunable {}
