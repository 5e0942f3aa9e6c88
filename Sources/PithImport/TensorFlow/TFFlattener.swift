import PithGraph

/// Makes one graph of a graph that calls functions: what the wanted tensors depend on, operands before uses, with the
/// body of each function in place of its call.
///
/// It goes along operands with a stack of its own, as a chain may be longer than the machine's allows, and what it does
/// is bounded, as functions that call others twice each would grow without end.
struct TFFlattener {
  private(set) var nodes: [TFNode] = []

  private let graph: TFGraphDef
  /// Tensors of the outermost graph that are given, as `NODE:INDEX`.
  private let given: [String: TFOutput]

  /// A body: that of the graph, or of a function at one place where it is called.
  private struct Scope {
    var prefix = ""
    var nodes: [String: TFNodeDef]
    var arguments: [String: TFOutput] = [:]
    var function: String?
    var caller: Int?
    var depth = 0
  }

  private struct Place: Hashable {
    var scope: Int
    var name: String
  }

  private enum State {
    /// On the way to it.
    case open
    case node(Int)
    /// A call, with its results.
    case call([TFOutput])
  }

  /// A node on the way to a wanted tensor, as far as it is done.
  private struct Frame {
    var place: Place
    var definition: TFNodeDef
    var inputs: [TFOutput] = []
    /// The body of a call whose operands are done.
    var body: Int?
    var results: [String] = []
    var outputs: [TFOutput] = []
  }

  private var scopes: [Scope]
  private var states: [Place: State] = [:]
  private var stack: [Frame] = []
  private var steps = 0

  private static let calls: Set<String> = ["PartitionedCall", "StatefulPartitionedCall"]
  private static let maximumDepth = 64
  private static let maximumCalls = 1 << 14
  private static let maximumSteps = 1 << 21

  /// - Parameter given: tensors that are not computed, as `NODE:INDEX`.
  init(_ graph: TFGraphDef, given: [String: TFOutput]) {
    self.graph = graph
    self.given = given
    scopes = [Scope(nodes: graph.nodes)]
  }

  /// Takes in all that a tensor of the outermost graph depends on.
  /// - Throws: `GraphError` where something is missing or depends on itself, a function calls itself, or the graph grows
  ///   beyond reason.
  mutating func require(_ tensor: String) throws -> TFOutput {
    if let output = try resolve(tensor, in: 0) { return output }
    while let top = stack.last {
      steps += 1
      guard steps <= TFFlattener.maximumSteps else {
        throw GraphError("its functions call each other too often; export the model again")
      }
      let index = stack.count - 1
      if let body = top.body {
        if top.outputs.count < top.results.count {
          if let output = try resolve(top.results[top.outputs.count], in: body) {
            stack[index].outputs.append(output)
          }
        } else {
          states[top.place] = .call(top.outputs)
          stack.removeLast()
        }
      } else if top.inputs.count < top.definition.inputs.count {
        let input = top.definition.inputs[top.inputs.count]
        if let output = try resolve(input, in: top.place.scope) { stack[index].inputs.append(output) }
      } else if TFFlattener.calls.contains(top.definition.op) {
        try enter(index)
      } else {
        let prefix = scopes[top.place.scope].prefix
        states[top.place] = .node(nodes.count)
        nodes.append(
          TFNode(name: prefix + top.definition.name, inputs: top.inputs, definition: top.definition))
        stack.removeLast()
      }
    }
    guard let output = try resolve(tensor, in: 0) else {
      throw GraphError("'\(tensor.printable())' is not computed")
    }
    return output
  }

  /// The tensor that an operand names; nil where its node is not done yet, which then is the top of the stack.
  private mutating func resolve(_ input: String, in scope: Int) throws -> TFOutput? {
    if let argument = scopes[scope].arguments[input] { return argument }
    // `NODE`, `NODE:INDEX` in a graph, `NODE:RESULT:INDEX` in a function.
    let parts = input.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let name = parts[0]
    guard parts.count <= 3, let index = parts.count == 1 ? 0 : Int(parts[parts.count - 1]), index >= 0 else {
      throw GraphError("operand '\(input.printable())' is none; the file is damaged")
    }
    if scope == 0, let output = given["\(name):\(index)"] { return output }
    let place = Place(scope: scope, name: name)
    switch states[place] {
    case .node(let node):
      let offset = parts.count == 3 ? TFFlattener.offset(of: parts[1], op: nodes[node].op) : 0
      return TFOutput(node: node, index: index + offset)
    case .call(let outputs):
      guard index < outputs.count else {
        throw GraphError("operand '\(input.printable())' does not exist; the file is damaged")
      }
      return outputs[index]
    case .open:
      throw GraphError(
        "node '\(name.printable())' depends on itself; only graphs without loops can be imported")
    case nil:
      guard let definition = scopes[scope].nodes[name] else {
        throw GraphError("there is no node '\(name.printable())'; the file is damaged")
      }
      states[place] = .open
      stack.append(Frame(place: place, definition: definition))
      return nil
    }
  }

  /// Goes into the function that the call on top of the stack calls.
  private mutating func enter(_ index: Int) throws {
    let frame = stack[index]
    let caller = scopes[frame.place.scope]
    let shown = (caller.prefix + frame.definition.name).printable()
    guard let name = try frame.definition.function("f"), let function = try graph.function(name) else {
      throw GraphError("node '\(shown)' calls a function that the file lacks; export the model again")
    }
    guard function.arguments.count == frame.inputs.count else {
      throw GraphError(
        "node '\(shown)' gives \(frame.inputs.count) arguments to a function of \(function.arguments.count)")
    }
    var outer: Int? = frame.place.scope
    while let scope = outer {
      guard scopes[scope].function != name else {
        throw GraphError(
          "function '\(name.printable())' calls itself; only graphs without loops can be imported")
      }
      outer = scopes[scope].caller
    }
    guard caller.depth < TFFlattener.maximumDepth, scopes.count < TFFlattener.maximumCalls else {
      throw GraphError("its functions call each other too often; export the model again")
    }
    steps += function.arguments.count
    scopes.append(
      Scope(
        prefix: caller.prefix + TFFlattener.prefix(ofCall: frame.definition.name), nodes: function.nodes,
        arguments: Dictionary(zip(function.arguments, frame.inputs), uniquingKeysWith: { first, _ in first }),
        function: name, caller: frame.place.scope, depth: caller.depth + 1))
    stack[index].body = scopes.count - 1
    stack[index].results = function.results
  }

  /// What stands before the names of a function's nodes: the call's, without the part that says only that it is one.
  private static func prefix(ofCall name: String) -> String {
    var parts = name.split(separator: "/")
    if let last = parts.last, calls.contains(where: { last == $0 || last.hasPrefix("\($0)_") }) {
      parts.removeLast()
    }
    return parts.isEmpty ? "" : parts.joined(separator: "/") + "/"
  }

  /// Where results of a name begin among all of a node; operators that are not here have one name for all.
  private static func offset(of result: String, op: String) -> Int {
    let names: [String]
    switch op {
    case "FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3":
      names = ["y", "batch_mean", "batch_variance", "reserve_space_1", "reserve_space_2", "reserve_space_3"]
    case "TopKV2", "TopK": names = ["values", "indices"]
    default: return 0
    }
    return names.firstIndex(of: result) ?? 0
  }
}
