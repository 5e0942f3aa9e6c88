import PithGraph

extension Identity: ViewLowerable {}
