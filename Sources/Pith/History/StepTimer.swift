import Foundation

/// Times the networks of a history in turn, as far as their files are still there.
struct StepTimer {
  /// Files are looked for in these folders.
  var folders: [String]
  /// Seconds for each network and arithmetic.
  var seconds = 0.25
  /// The last ones and the first are timed; older ones in between are not.
  private static let limit = 8

  /// - Parameter paths: of files that the command reads and writes.
  init(near paths: [String]) {
    folders = paths.map { ($0 as NSString).deletingLastPathComponent }.map { $0.isEmpty ? "." : $0 } + ["."]
  }

  /// What can be timed of one network.
  struct Network {
    var graph: Graph?
    var program: PithModel?
  }

  /// Fills in the latencies of the steps.
  /// - Parameter last: the network that the last step made, which need not be in a file yet.
  /// - Throws: where that one cannot be run.
  func time(_ history: inout NetworkHistory, last: Network) throws {
    let count = history.steps.count
    guard count > 0 else { return }
    let threads = Parallelism.threadCount
    Parallelism.threadCount = 1
    defer { Parallelism.threadCount = threads }
    var candidates: [Benchmark.Runs] = []
    var places: [(step: Int, isInteger: Bool)] = []
    for index in history.steps.indices where index == 0 || count - index < Self.limit {
      let network = index == count - 1 ? last : found(history.steps[index])
      if let graph = network.graph {
        let simplified = try Simplify.run(graph).graph
        candidates.append(try Benchmark.runs(of: simplified, batch: 1))
        places.append((index, false))
      }
      guard let program = network.program ?? network.graph.flatMap(Self.program) else { continue }
      candidates.append(try Benchmark.runs(of: program, batch: 1, threads: 1))
      places.append((index, true))
    }
    for (place, measured) in zip(places, try Benchmark.alternate(candidates, seconds: seconds)) {
      if place.isInteger {
        history.steps[place.step].figures.int8Latency = measured.latency
      } else {
        history.steps[place.step].figures.latency = measured.latency
      }
    }
  }

  /// The network of a step, where a file of its name and content is near.
  private func found(_ step: NetworkHistory.Step) -> Network {
    guard let digest = step.digest, !step.file.isEmpty, !step.file.contains("/") else { return Network() }
    for folder in folders {
      let path = folder + "/" + step.file
      guard access(path, R_OK) == 0, (try? ModelFiles.digest(path)) == digest else { continue }
      return Network(graph: try? ModelImporter.read(path: path))
    }
    return Network()
  }

  /// The integer program of a network, with ranges of random samples: its latency does not depend on them.
  /// - Returns: nil where the runtime has no way to run it.
  static func program(of graph: Graph) -> PithModel? {
    guard let simplified = try? Simplify.run(graph).graph,
      let shapes = try? simplified.specialized(batch: 1), var quantizer = try? Quantizer(simplified)
    else { return nil }
    var random = SystemIndependentRandom(state: 1)
    for _ in 0..<2 {
      let inputs = shapes.inputs.compactMap { id -> Tensor? in
        guard let sizes = shapes[id].type?.shape.sizes, let count = Shape.elementCount(sizes) else {
          return nil
        }
        return Tensor(shape: sizes, floats: (0..<count).map { _ in random.next() })
      }
      guard inputs.count == shapes.inputs.count, (try? quantizer.calibrate(inputs)) != nil else { return nil }
    }
    guard let model = try? quantizer.finish(), let program = try? Lowering.lower(model) else { return nil }
    return try? PithModel(bytes: program.bytes, source: graph.name)
  }
}
