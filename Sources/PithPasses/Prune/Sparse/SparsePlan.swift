import PithGraph

/// Which weights of a graph can be made zero by a pattern.
public struct SparsePlan: Sendable {
  /// A layer whose weights take part.
  public struct Layer: Sendable {
    public var name: String
    public var constant: ValueID
    var order: ReductionOrder?
  }

  /// A layer whose weights stay as they are.
  public struct Skipped: Sendable, Hashable {
    public var name: String
    public var reason: String
  }

  public let pattern: SparsityPattern
  public private(set) var layers: [Layer] = []
  public private(set) var skipped: [Skipped] = []

  /// - Throws: `GraphError` where the graph is illegal.
  public init(_ graph: Graph, pattern: SparsityPattern) throws {
    self.pattern = pattern
    let typed = try graph.specialized(batch: 1)
    var seen: Set<ValueID> = []
    for node in typed.nodes where node.op is Conv || node.op is Gemm || node.op is MatMul {
      let (order, reason) = ReductionOrder.make(node, in: typed, asStored: pattern == .twoOfFour)
      guard let constant = node.inputs.count > 1 ? node.inputs[1] : nil,
        typed[constant].constant?.floats != nil
      else {
        skipped.append(Skipped(name: node.label, reason: reason))
        continue
      }
      guard seen.insert(constant).inserted else {
        // Another layer has them; it says which go.
        if let first = layers.first(where: { $0.constant == constant }), pattern != .unstructured,
          first.order != order
        {
          skipped.append(Skipped(name: node.label, reason: "it shares its weights with '\(first.name)'"))
        }
        continue
      }
      if pattern != .unstructured, order == nil {
        skipped.append(Skipped(name: node.label, reason: reason))
      } else {
        layers.append(Layer(name: node.label, constant: constant, order: order))
      }
    }
  }

  /// Takes layers out whose weights are to stay as they are.
  public mutating func leave(_ constants: Set<ValueID>, because reason: String) {
    skipped += layers.filter { constants.contains($0.constant) }.map {
      Skipped(name: $0.name, reason: reason)
    }
    layers.removeAll { constants.contains($0.constant) }
  }

  /// Which weights stay, by constant: the smallest go until the share is reached.
  ///
  /// What is zero already goes first, so that masks of growing sparsity are nested.
  /// - Parameters:
  ///   - sparsity: of the layers that take part, from 0 to 1; of 2:4, which knows one sparsity only, the share of the
  ///     groups of four.
  ///   - weights: the constants' elements as they are now.
  /// - Throws: `GraphError` where weights are not finite.
  public func masks(
    sparsity: Double, scope: SparsityScope = .layer, weights: (ValueID) -> Tensor?
  ) throws -> [ValueID: [Bool]] {
    var units: [LayerUnits] = []
    for layer in layers {
      guard let values = weights(layer.constant)?.floats else { continue }
      guard values.allSatisfy(\.isFinite) else {
        throw GraphError(node: layer.name, "its weights are not finite; train or export the model anew")
      }
      units.append(LayerUnits(layer, pattern, values))
    }
    switch scope {
    case .layer: for index in units.indices { units[index].removeSmallest(share: sparsity) }
    case .global: LayerUnits.removeSmallest(&units, share: sparsity)
    }
    return Dictionary(uniqueKeysWithValues: units.map { ($0.constant, $0.mask) })
  }
}
