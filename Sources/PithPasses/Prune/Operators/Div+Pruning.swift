import PithGraph

extension Div: BroadcastPrunable {}
