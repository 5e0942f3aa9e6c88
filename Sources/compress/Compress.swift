import ArgumentParser
import Pith

@main
struct Compress: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress",
    abstract: "Makes trained networks small and fast for the edge.",
    discussion: """
      Reads an ONNX model, quantizes it to 8-bit integers, proves what that cost, and writes a .pith file that the Pith \
      runtime executes.

        compress inspect  model.onnx
        compress quantize model.onnx --calibrate images.idx.gz -o model.pith
        compress eval     model.pith --data images.idx.gz,labels.idx.gz
      """,
    version: Pith.version,
    subcommands: [
      Inspect.self, Train.self, Prune.self, Distill.self, Quantize.self, Eval.self, Run.self, Bench.self,
      Apply.self,
    ])

  static func main() {
    Startup.prepare()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Startup.exit(reporting: error, as: Self.self)
    }
  }
}
