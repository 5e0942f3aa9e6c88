import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// Every operator's gradients against central differences of its definition.
@Suite struct OperatorGradientTests {
  @Test(arguments: GradientCase.partialFunctions) func partialFunctions(_ example: GradientCase) throws {
    try example.check()
  }

  @Test(arguments: GradientCase.widerReductions) func widerReductions(_ example: GradientCase) throws {
    try example.check()
  }

  @Test(arguments: GradientCase.functions) func functions(_ example: GradientCase) throws {
    try example.check()
  }
  @Test(arguments: GradientCase.operations) func operations(_ example: GradientCase) throws {
    try example.check()
  }
  @Test(arguments: GradientCase.gemms) func gemms(_ example: GradientCase) throws { try example.check() }
  @Test(arguments: GradientCase.products) func products(_ example: GradientCase) throws {
    try example.check()
  }
  @Test(arguments: GradientCase.convolutions) func convolutions(_ example: GradientCase) throws {
    try example.check()
  }
  @Test(arguments: GradientCase.maximumPools) func maximumPools(_ example: GradientCase) throws {
    try example.check()
  }
  @Test(arguments: GradientCase.averagePools) func averagePools(_ example: GradientCase) throws {
    try example.check()
  }
  @Test(arguments: GradientCase.globalPools) func globalPools(_ example: GradientCase) throws {
    try example.check()
  }
  @Test(arguments: GradientCase.batchNormalizations) func batchNormalizations(_ example: GradientCase) throws
  {
    try example.check()
  }
  @Test(arguments: GradientCase.reshapes) func reshapes(_ example: GradientCase) throws {
    try example.check()
  }
  @Test(arguments: GradientCase.cuts) func cuts(_ example: GradientCase) throws { try example.check() }
  @Test(arguments: GradientCase.gathers) func gathers(_ example: GradientCase) throws { try example.check() }
  @Test(arguments: GradientCase.pads) func pads(_ example: GradientCase) throws { try example.check() }
  @Test(arguments: GradientCase.softmaxes) func softmaxes(_ example: GradientCase) throws {
    try example.check()
  }
  @Test(arguments: GradientCase.means) func means(_ example: GradientCase) throws { try example.check() }
  @Test(arguments: GradientCase.clips) func clips(_ example: GradientCase) throws { try example.check() }
  @Test(arguments: GradientCase.casts) func casts(_ example: GradientCase) throws { try example.check() }
  @Test(arguments: GradientCase.dropouts) func dropouts(_ example: GradientCase) throws {
    try example.check()
  }
}
