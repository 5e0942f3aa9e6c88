import ArgumentParser
import Pith

/// `--target`: the kernels that a program is planned or tuned for, by the name that reports give them, or `host` for the best
/// of this machine.
struct PlanTarget: ExpressibleByArgument {
  var isa: PithISA

  init(isa: PithISA) { self.isa = isa }

  init?(argument: String) {
    if argument == "host" {
      isa = .automatic
    } else if let choice = KernelChoice(argument: argument) {
      isa = choice.isa
    } else {
      return nil
    }
  }

  /// What a program is planned for; nil for kernels without a choice, the scalar ones.
  var program: ProgramTarget? {
    ProgramTarget(isa: (isa == .automatic ? PithISA.best : isa).rawValue)
  }

  var defaultValueDescription: String { isa == .automatic ? "host" : isa.description }
}
