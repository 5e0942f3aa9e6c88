import PithGraph

extension Squeeze: ViewLowerable {}
