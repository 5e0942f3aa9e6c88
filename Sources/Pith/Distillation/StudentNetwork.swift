import Foundation

/// A student on its way from a file to a trained network.
struct StudentNetwork {
  var name: String
  /// The file that it comes from: its own, or that of the teacher that it is a narrower copy of.
  var path: String
  /// As read from that file.
  var source: Graph
  /// What is trained: of any batch, with the weights that training begins with.
  var graph: Graph
  /// How it came to be, for reports.
  var origin: String
  /// As it is written, but for the constants: the batch is that of the file.
  private var written: Graph

  init(name: String, path: String, source: Graph, made: Graph, origin: String) throws {
    self.name = name
    self.path = path
    self.source = source
    self.origin = origin
    written = made
    graph = try made.withSymbolicBatch()
  }

  /// The network to write, with the constants of a trained graph.
  func restored(_ trained: Graph) -> Graph {
    var result = written
    for index in written.values.indices where written.values[index].constant != nil {
      let id = ValueID(index)
      result.update(id) { $0.constant = trained[id].constant ?? $0.constant }
    }
    return result
  }
}

extension DistillationJob {
  /// Reads the student, or makes it of the first teacher.
  func makeStudent(from teacher: Teacher, _ shapes: inout SharedInputShapes) throws -> StudentNetwork {
    var student: StudentNetwork
    switch request.student {
    case .file(let path):
      let graph = try shapes.open(path).portable(path: path)
      let name = (path as NSString).lastPathComponent
      student = try StudentNetwork(name: name, path: path, source: graph, made: graph, origin: name)
    case .width(let width):
      let narrow = try NarrowCopy.make(of: teacher.graph, width: width, name: teacher.name)
      let begins =
        request.initialization == .fresh ? "begun anew" : "begun from its most important channels"
      student = try StudentNetwork(
        name: teacher.name, path: teacher.path, source: teacher.graph, made: narrow,
        origin: "a copy of \(teacher.name) at width \(width), \(begins)")
    }
    if request.initialization == .fresh {
      student.graph = student.graph.freshlyInitialized(
        seed: request.options.seed, frozen: try student.graph.frozenConstants(request.options.frozen))
      student.origin += request.student.isFile ? ", begun anew" : ""
    }
    return student
  }
}

extension DistillationJob.Student {
  fileprivate var isFile: Bool { if case .file = self { true } else { false } }
}
