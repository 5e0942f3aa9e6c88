import PithGraph

extension Unsqueeze: ViewLowerable {}
