import PithGraph

extension Flatten: ViewLowerable {}
