import PithGraph

/// Turns an integer vector or scalar whose every element inference knows, such as the shape of a tensor, into a
/// constant.
public struct FoldKnownContents: RewriteRule {
  public let name = "fold known contents"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.outputs.count == 1, let type = context.outputType(node), let contents = type.contents,
      let sizes = type.shape.sizes, Shape.elementCount(sizes) == contents.count
    else { return nil }
    let known = contents.compactMap(\.size)
    guard known.count == contents.count, let storage = Self.storage(known, type.element) else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    let name = context.graph[node.outputs[0]].name
    patch.replace(node.outputs[0], with: patch.addConstant(name, Tensor(shape: sizes, storage: storage)))
    return patch
  }

  private static func storage(_ values: [Int], _ element: ElementType) -> Tensor.Storage? {
    func exactly<T: FixedWidthInteger>(_: T.Type) -> [T]? {
      let converted = values.compactMap { T(exactly: $0) }
      return converted.count == values.count ? converted : nil
    }
    switch element {
    case .int64: return exactly(Int64.self).map { .int64($0) }
    case .int32: return exactly(Int32.self).map { .int32($0) }
    case .int8: return exactly(Int8.self).map { .int8($0) }
    case .uint8: return exactly(UInt8.self).map { .uint8($0) }
    case .float32, .float64, .bool: return nil
    }
  }
}
