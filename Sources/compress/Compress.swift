import ArgumentParser
import Pith

@main
struct Compress: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compress",
    abstract: "Makes trained networks small and fast for the edge.",
    discussion: """
      Reads a model of \(ModelFile.formats); trains it, prunes it, lets a smaller one learn from it; quantizes it to 8-bit integers, proves \
      what that cost, and writes a .pith file that the Pith runtime executes.

        compress inspect  model.onnx
        compress prune    model.onnx --train train.npz --eval test.npz --macs 0.35 -o pruned.onnx
        compress quantize pruned.onnx --calibrate train.npz --eval test.npz --report report.html -o model.pith
        compress eval     model.pith --data test.npz
        compress apply    recipe.yaml --report report.html
      """,
    version: Pith.version,
    subcommands: [
      Inspect.self, Import.self, Train.self, Prune.self, Distill.self, Quantize.self, Eval.self, Run.self,
      Bench.self, Tune.self,
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
