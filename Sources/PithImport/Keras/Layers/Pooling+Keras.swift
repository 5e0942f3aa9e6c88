import PithGraph

/// The largest or the mean under a window, over one to three axes.
enum KerasPooling: KerasReader {
  static let classNames = (1...3).flatMap {
    ["MaxPooling\($0)D", "AveragePooling\($0)D", "MaxPool\($0)D", "AvgPool\($0)D"]
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let rank = call.layer.className.dropLast().last.flatMap { Int(String($0)) } ?? 2
    let x = try call.floatInput()
    try call.check(rank: rank + 2, x)
    // Before version 2.0.7, the only axis had keys of its own.
    let window = try KerasWindow(call.layer, kernel: "pool_size", rank: rank).window
    let op: any Operator =
      call.layer.className.hasPrefix("Max") ? MaxPool(window: window) : AveragePool(window: window)
    return [try call.ownLayout(try call.add(op, [try call.channelsFirst(x)]))]
  }
}

/// The largest or the mean of each channel's whole map.
enum KerasGlobalPooling: KerasReader {
  static let classNames = (1...3).flatMap {
    ["GlobalMaxPooling\($0)D", "GlobalAveragePooling\($0)D", "GlobalMaxPool\($0)D", "GlobalAvgPool\($0)D"]
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let rank = call.layer.className.dropLast().last.flatMap { Int(String($0)) } ?? 2
    let x = try call.floatInput()
    try call.check(rank: rank + 2, x)
    let keeps = try call.layer.flag("keepdims")
    let first = try call.channelsFirst(x)
    let op: any Operator =
      call.layer.className.hasPrefix("GlobalMax") ? GlobalMaxPool() : GlobalAveragePool()
    let y = try call.add(op, [first])
    return [keeps ? try call.ownLayout(y) : try call.add(Flatten(), [y], "flatten")]
  }
}
