import PithGraph

/// A function of each element by its name, or by a layer that stands for one.
enum KerasActivation: KerasReader {
  static let classNames = ["Activation"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    // A layer may stand in place of the function; it keeps no arrays that Keras would save.
    KerasStructure()
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    [try call.activated(try call.floatInput(), isLayer: true)]
  }
}

/// What a layer's `activation` says.
enum KerasFunction {
  case named(String)
  case layer(JSONValue)

  /// - Returns: nil for the identity.
  /// - Throws: `GraphError` for a function that is not Keras's own.
  init?(_ value: JSONValue?) throws {
    guard let value else { return nil }
    var name = value.string
    if name == nil, value["class_name"]?.string == "function" {
      // Keras's own functions are registered by their bare names.
      name = value["config"]?.string ?? value["config"]?["name"]?.string
      if let registered = value["registered_name"]?.string, registered.contains(">") { name = registered }
    } else if name == nil, let className = value["class_name"]?.string {
      if KerasLayers.readers[className] == nil { throw GraphError(KerasLayers.refusal(of: className)) }
      self = .layer(value)
      return
    }
    guard let name else {
      throw GraphError("its activation is \(value.kind) instead of a name; save the model again")
    }
    if name == "linear" { return nil }
    self = .named(name)
  }
}

extension KerasCall {
  /// The value after the function that the configuration names.
  /// - Parameter isLayer: whether the function is the layer, whose name the operator is to have.
  func activated(_ x: ValueID, key: String = "activation", isLayer: Bool = false) throws -> ValueID {
    switch try KerasFunction(layer.value(key)) {
    case nil: return x
    case .named(let name): return try apply(function: name, x, isLayer ? nil : name)
    case .layer(let json):
      let inner = try KerasLayer(json, version: layer.version, depth: KerasLayer.maximumDepth)
      return try builder.apply(inner, [x], isPart: true)[0]
    }
  }

  /// Keras's function of that name.
  /// - Parameter suffix: what is added to the layer's name; nil where the function is the layer.
  func apply(function name: String, _ x: ValueID, _ suffix: String?) throws -> ValueID {
    func part(_ op: any Operator, _ inputs: [ValueID], _ part: String) throws -> ValueID {
      try add(op, inputs, "\(name).\(part)")
    }
    switch name {
    case "relu": return try add(Relu(), [x], suffix)
    case "relu6": return try add(Clip(), [x, scalar("low", 0), scalar("high", 6)], suffix)
    case "hard_tanh": return try add(Clip(), [x, scalar("low", -1), scalar("high", 1)], suffix)
    case "sigmoid": return try add(Sigmoid(), [x], suffix)
    case "tanh": return try add(Tanh(), [x], suffix)
    case "softmax": return try add(Softmax(axis: -1), [x], suffix)
    case "log_softmax": return try add(LogSoftmax(axis: -1), [x], suffix)
    case "softplus": return try add(Softplus(), [x], suffix)
    case "softsign": return try add(Softsign(), [x], suffix)
    case "elu": return try add(Elu(alpha: 1), [x], suffix)
    case "selu": return try add(Selu(), [x], suffix)
    case "celu": return try add(Celu(alpha: 1), [x], suffix)
    case "gelu": return try add(Gelu(), [x], suffix)
    case "mish": return try add(Mish(), [x], suffix)
    case "exponential": return try add(Exp(), [x], suffix)
    case "leaky_relu": return try add(LeakyRelu(alpha: 0.2), [x], suffix)
    case "silu", "swish": return try add(Mul(), [x, try part(Sigmoid(), [x], "sigmoid")], suffix)
    case "hard_silu", "hard_swish": return try add(HardSwish(), [x], suffix)
    case "hard_sigmoid":
      // Keras 2's rises by a fifth, Keras 3's by a sixth.
      return try add(HardSigmoid(alpha: layer.version < 3 ? 0.2 : 1 / 6, beta: 0.5), [x], suffix)
    case "sparse_sigmoid": return try add(HardSigmoid(alpha: 0.5, beta: 0.5), [x], suffix)
    case "log_sigmoid":
      return try add(Neg(), [try part(Softplus(), [try part(Neg(), [x], "negative")], "softplus")], suffix)
    case "tanh_shrink": return try add(Sub(), [x, try part(Tanh(), [x], "tanh")], suffix)
    case "soft_shrink": return try add(Shrink(lambda: 0.5, bias: 0.5), [x], suffix)
    case "hard_shrink": return try add(Shrink(lambda: 0.5, bias: 0), [x], suffix)
    case "squareplus":
      let square = try part(Mul(), [x, x], "square")
      let root = try part(Sqrt(), [try part(Add(), [square, scalar("four", 4)], "sum")], "root")
      return try add(Mul(), [try part(Add(), [x, root], "double"), scalar("half", 0.5)], suffix)
    default:
      throw GraphError(
        "its activation '\(name.printable())' is not one of Keras's own that Pith knows; code in a file is never run, so build the model from standard activations"
      )
    }
  }
}

/// The rectifiers that are layers.
enum KerasRectifier: KerasReader {
  static let classNames = ["ReLU", "LeakyReLU", "ThresholdedReLU", "ELU"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let (layer, x) = (call.layer, try call.floatInput())
    switch layer.className {
    case "LeakyReLU":
      let slope = try layer.float("negative_slope") ?? layer.float("alpha") ?? 0.3
      return [try call.add(LeakyRelu(alpha: slope), [x])]
    case "ThresholdedReLU": return [try call.add(ThresholdedRelu(alpha: try layer.float("theta") ?? 1), [x])]
    case "ELU": return [try call.add(Elu(alpha: try layer.float("alpha") ?? 1), [x])]
    default: return [try relu(call, x)]
    }
  }

  /// min(x, maximum) where x ≥ threshold, else slope · (x − threshold).
  private static func relu(_ call: KerasCall, _ x: ValueID) throws -> ValueID {
    let maximum = try call.layer.float("max_value")
    let slope = try call.layer.float("negative_slope") ?? 0
    let threshold = try call.layer.float("threshold") ?? 0
    if threshold == 0, slope == 0, let maximum {
      return try call.add(Clip(), [x, call.scalar("low", 0), call.scalar("high", maximum)])
    }
    var y: ValueID
    if threshold == 0 {
      y = try call.add(slope == 0 ? Relu() : LeakyRelu(alpha: slope), [x], maximum == nil ? nil : "rectified")
    } else {
      y = try call.add(ThresholdedRelu(alpha: threshold), [x], "above")
      if slope != 0 {
        let below = try call.add(
          Relu(), [try call.add(Sub(), [call.scalar("threshold", threshold), x], "missing")], "below")
        y = try call.add(
          Sub(), [y, try call.add(Mul(), [below, call.scalar("slope", slope)], "leak")], "both")
      }
    }
    guard let maximum else { return y }
    return try call.add(Clip(), [y, nil, call.scalar("high", maximum)])
  }
}

/// A rectifier whose slope is learned.
enum KerasPReLU: KerasReader {
  static let classNames = ["PReLU"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    KerasStructure(variables: [.init(name: "alpha")])
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let x = try call.floatInput()
    let rank = try call.shape(x).rank
    let slope = try call.constant("alpha") {
      // One a position, or 1 along the axes that share it.
      try call.layer.array("alpha", Array(repeating: nil, count: max(0, rank - 1)))
    }
    return [try call.add(PRelu(), [x, slope])]
  }
}

/// exp(x) / Σ exp(x) along an axis.
enum KerasSoftmax: KerasReader {
  static let classNames = ["Softmax"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let axes = try call.layer.ints("axis") ?? [-1]
    guard axes.count == 1 else { throw GraphError("a softmax over axes \(axes) is not supported") }
    return [try call.add(Softmax(axis: axes[0]), [try call.floatInput()])]
  }
}
