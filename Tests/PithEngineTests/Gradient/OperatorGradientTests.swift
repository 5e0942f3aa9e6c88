import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// Every operator's gradients against central differences of its definition.
@Suite struct OperatorGradientTests {
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
}
