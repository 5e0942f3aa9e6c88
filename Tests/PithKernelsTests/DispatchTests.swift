import CPithKernels
import Testing

@Suite struct DispatchTests {
  @Test func scalarIsAlwaysThereAndTheBestIsOneOfTheSets() {
    #expect(pith_kernels_for(1) != nil)
    let best = pith_kernels_for(0)
    #expect((1...4).contains { pith_kernels_for($0) == best })
    #expect(pith_kernels_for(5) == nil)
    #expect(pith_kernels_for(.max) == nil)
  }

  @Test(arguments: [2, 3, 4] as [UInt32]) func limitIsKnownForTheSetsOfThisCPU(_ isa: UInt32) {
    let limit = pith_int8_limit(isa, 2)
    #expect((limit > 1e8) == (pith_kernels_for(isa) != nil))
    #expect(pith_int8_limit(1, 2) == 0)
  }
}
