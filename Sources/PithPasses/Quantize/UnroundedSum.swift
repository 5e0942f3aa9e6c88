import PithGraph

/// A sum whose one operand is the output of a convolution or product that nothing else reads, as in residual networks: that
/// layer adds the other operand before it rounds, once instead of twice.
public struct UnroundedSum: Sendable {
  public let sum: Node
  /// The operand that is added: bytes that are there before the layer runs.
  public let addend: ValueID
  /// What never exists as bytes: the layer's output, and views of it.
  public let unrounded: [ValueID]
  /// The views and the sum.
  public let nodes: [NodeID]
}

extension QuantizedModel {
  /// The sums that layers compute, by layer. Of two layers whose outputs are added it is the later one. A network that came
  /// quantized rounds where it says.
  public func unroundedSums() throws -> [NodeID: UnroundedSum] {
    guard !isKept else { return [:] }
    let shapes = try graph.specialized(batch: 1)
    let consumers = graph.consumers()
    let producers = graph.producers()
    var places: [NodeID: Int] = [:]
    for (place, node) in graph.nodes.enumerated() { places[node.id] = place }

    func reader(of id: ValueID) -> Node? {
      guard !graph.outputs.contains(id), let readers = consumers[id], readers.count == 1,
        placements[readers[0].id] == .integer, activations[id] != nil
      else { return nil }
      return readers[0]
    }

    var result: [NodeID: UnroundedSum] = [:]
    for (place, node) in graph.nodes.enumerated() where weights[node.id] != nil && Self.canAdd(node) {
      var unrounded = [node.outputs[0]]
      var nodes: [NodeID] = []
      var next = reader(of: node.outputs[0])
      while let view = next,
        view.op is Reshape || view.op is Flatten || view.op is Squeeze || view.op is Unsqueeze
      {
        unrounded.append(view.outputs[0])
        nodes.append(view.id)
        next = reader(of: view.outputs[0])
      }
      let own = unrounded[unrounded.count - 1]
      guard let sum = next, sum.op is Add, sum.inputs.count == 2, activations[sum.outputs[0]] != nil,
        let addend = sum.inputs.compactMap(\.self).first(where: { $0 != own }),
        let producer = producers[addend],
        placements[producer.id] == .integer, activations[addend] != nil,
        (places[producer.id] ?? place) < place,
        // A layer that adds already has nothing to give.
        !result.values.contains(where: { $0.unrounded.contains(addend) }),
        try shapes.sizes(addend) == shapes.sizes(own), try shapes.sizes(sum.outputs[0]) == shapes.sizes(own)
      else { continue }
      result[node.id] = UnroundedSum(
        sum: sum, addend: addend, unrounded: unrounded, nodes: nodes + [sum.id])
    }
    return result
  }

  /// Whether the layer is one convolution or product in the runtime, without a clamp of its own.
  private static func canAdd(_ node: Node) -> Bool {
    guard (node.op as? any ActivationFusible)?.activation == nil else { return false }
    if let convolution = node.op as? Conv { return convolution.groups == 1 }
    return node.op is Gemm || node.op is MatMul
  }
}
