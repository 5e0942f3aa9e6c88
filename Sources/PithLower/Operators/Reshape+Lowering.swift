import PithGraph

extension Reshape: ViewLowerable {}
