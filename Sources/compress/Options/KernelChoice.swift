import ArgumentParser
import Pith

/// Which kernels run a .pith model, by the name that reports give them.
struct KernelChoice: ExpressibleByArgument {
  var isa = PithISA.automatic

  init() {}

  init?(argument: String) {
    guard let isa = PithISA(description: argument) else { return nil }
    self.isa = isa
  }

  var defaultValueDescription: String { isa.description }
}
