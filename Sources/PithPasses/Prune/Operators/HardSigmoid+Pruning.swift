import PithGraph

extension HardSigmoid: ElementwisePrunable {}
