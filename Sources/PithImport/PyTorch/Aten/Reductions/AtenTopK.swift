import PithGraph

/// The largest or smallest elements along an axis and where they are; of all elements, sorting.
enum AtenTopK: AtenReader {
  static let targets = ["topk.default", "sort.default", "sort.stable", "argsort.default", "argsort.stable"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let axis = try call.axis("dim", of: x, default: -1)
    let count: Int
    let isLargest: Bool
    if call.name == "topk" {
      count = try call.int("k") ?? 0
      isLargest = try call.bool("largest", default: true)
      call.ignore("sorted")
    } else {
      count = try call.knownSize(axis, of: x)
      isLargest = try call.bool("descending")
      call.ignore("stable")
    }
    let results = try call.add(
      TopK(axis: axis, selectsLargest: isLargest), [x, call.constant([count], "k")], "elements", count: 2)
    if call.name == "argsort" { return try call.result(results[1]) }
    try call.result(results[0])
    try call.result(results[1], at: 1)
  }
}
