import PithGraph

/// Whether any or all elements along axes are not 0.
enum AtenAnyAll: AtenReader {
  static let targets = ["any", "all"].flatMap { ["\($0).default", "\($0).dim", "\($0).dims"] }

  static func read(_ call: AtenCall) throws {
    let flags = try call.cast(try call.cast(try call.first(), to: .bool, "x"), to: .int32, "flags")
    let axes = try call.ints("dim") ?? []
    let keeps = try call.bool("keepdim")
    let list = axes.isEmpty ? nil : call.constant(axes, "axes")
    let found = try call.add(
      call.name == "any" ? ReduceMax(keepsDimensions: keeps) : ReduceMin(keepsDimensions: keeps),
      [flags, list], "found")
    try call.result(Cast(to: .bool), [found])
  }
}
