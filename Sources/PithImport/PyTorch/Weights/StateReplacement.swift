import PithGraph

/// Weights from another file that take the place of a program's own.
final class StateReplacement {
  private let weights: TorchWeights
  private let file: String
  /// By the program's names.
  private var names: [String: String] = [:]

  /// Put before all names by ways of running a model: on several devices, or compiled.
  private static let prefixes = ["module.", "_orig_mod.", "model.", "net."]

  init(_ weights: TorchWeights, file: String) {
    self.weights = weights
    self.file = file
  }

  /// Finds the tensor of each of the program's names.
  /// - Throws: `ImportError` that lists what is missing, left over, or of another shape.
  func match(_ wanted: [String], shapes: TorchWeights) throws {
    let prefix = prefix(for: wanted)
    names = [:]
    for name in weights.entries.keys where name.hasPrefix(prefix) {
      names[String(name.dropFirst(prefix.count))] = name
    }
    // Counters of batches are of no use after training.
    func matters(_ name: String) -> Bool { !name.hasSuffix("num_batches_tracked") }
    let missing = wanted.filter { names[$0] == nil && matters($0) }
    guard missing.isEmpty else {
      throw failure("lacks \(list(missing)) of the network; is it of the same model as --architecture?")
    }
    let known = Set(wanted)
    let extra = weights.entries.keys.filter { name in
      matters(name) && !(name.hasPrefix(prefix) && known.contains(String(name.dropFirst(prefix.count))))
    }.sorted()
    guard extra.isEmpty else {
      throw failure(
        "holds \(list(extra)), which the network does not have; is it of the same model as --architecture?")
    }
    for name in wanted {
      guard let other = names[name], let new = weights.entries[other]?.layout.sizes,
        let old = shapes.entries[name]?.layout.sizes, new != old
      else { continue }
      throw failure("has '\(other.printable())' of shape \(new), but the network needs \(old)")
    }
  }

  /// The tensor of that name; nil where the program's own has to do.
  func tensor(_ name: String) throws -> Tensor? {
    guard let other = names[name] else { return nil }
    do {
      return try weights.tensor(other)
    } catch let error as GraphError {
      throw failure(error.message)
    }
  }

  private func prefix(for wanted: [String]) -> String {
    let candidates =
      [""] + StateReplacement.prefixes + ["module.model.", "model.module.", "module._orig_mod."]
    func hits(_ prefix: String) -> Int { wanted.count { weights.entries[prefix + $0] != nil } }
    // The first of the best ones.
    return candidates.reversed().max { hits($0) < hits($1) } ?? ""
  }

  private func list(_ names: [String]) -> String {
    let shown = names.prefix(5).map { "'\($0.printable())'" }.joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }

  private func failure(_ message: String) -> ImportError { ImportError(file: file, message) }
}
