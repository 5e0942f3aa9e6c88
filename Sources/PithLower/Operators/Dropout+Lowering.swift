import PithGraph

extension Dropout: ViewLowerable {}
