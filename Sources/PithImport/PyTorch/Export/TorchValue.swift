import PithGraph

/// What a name of an exported program stands for.
enum TorchValue {
  case tensor(ValueID)
  /// A tensor of one number everywhere, made when something asks for it.
  case filled(TorchFill)
  case size(Dimension)
  case float(Double)
  case bool(Bool)
  case none
}

/// `zeros`, `ones`, `full`: one number everywhere.
struct TorchFill {
  var value: Double
  var element: ElementType
  var sizes: [Dimension]
}
