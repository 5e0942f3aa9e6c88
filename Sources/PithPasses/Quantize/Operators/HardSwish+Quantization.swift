import PithGraph

extension HardSwish: Quantizable {}
