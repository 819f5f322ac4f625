package io.github.litealloc.netty;

import static io.github.litealloc.netty.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.litealloc.netty.AllocatorNames.AllocatorName;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each name is used once, and free when its last user is gone. */
final class AllocatorNamesTest {

  @Test
  void take_ofANameThatIsANumberedOneOfAnother_isUniqueAllTheSame() {
    AllocatorName second = AllocatorNames.take("a-2");
    AllocatorName first = AllocatorNames.take("a");
    AllocatorName third = AllocatorNames.take("a");
    AllocatorName fourth = AllocatorNames.take("a-2");
    assertThat(List.of(first.text(), second.text(), third.text(), fourth.text()))
        .containsExactly("a", "a-2", "a-3", "a-2-2");
    second.giveBack();
    AllocatorName again = AllocatorNames.take("a");
    assertThat(again.text()).isEqualTo("a-2");
    second.giveBack(); // which is not its own any more
    AllocatorName next = AllocatorNames.take("a");
    assertThat(next.text()).isEqualTo("a-4");
    List.of(first, third, fourth, again, next).forEach(AllocatorName::giveBack);
  }

  @Test
  void hold_ofANameThatIsGivenBack_keepsItFromOthers() throws Exception {
    AllocatorName name = AllocatorNames.take("held");
    var first = name.hold();
    var second = name.hold();
    name.giveBack();
    first.close();
    first.close(); // once is enough
    AllocatorName meanwhile = AllocatorNames.take("held");
    assertThat(meanwhile.text()).isEqualTo("held-2");
    second.close();
    AllocatorName again = AllocatorNames.take("held");
    assertThat(again.text()).isEqualTo("held");
    List.of(meanwhile, again).forEach(AllocatorName::giveBack);
  }

  @Test
  void hold_ofANameThatIsInUse_doesNotGiveItBack() throws Exception {
    AllocatorName name = AllocatorNames.take("used");
    name.hold().close();
    AllocatorName other = AllocatorNames.take("used");
    assertThat(other.text()).isEqualTo("used-2");
    List.of(name, other).forEach(AllocatorName::giveBack);
  }

  @Test
  void take_ofWhatManyHave_findsTheFreeOne() {
    List<AllocatorName> names = new ArrayList<>();
    for (int i = 0; i < 16_000; i++) {
      names.add(AllocatorNames.take("many"));
    }
    names.get(9_999).giveBack();
    AllocatorName found = AllocatorNames.take("many");
    assertThat(found.text()).isEqualTo("many-10000");
    names.forEach(AllocatorName::giveBack);
    found.giveBack();
  }

  @Test
  void name_ofAnAllocatorThatWasDropped_isFreeOnceItIsCollected() throws Exception {
    String text = LiteByteBufAllocator.builder().name("dropped").build().name();
    eventually(
        () -> {
          System.gc();
          AllocatorName name = AllocatorNames.take("dropped");
          boolean isFree = name.text().equals(text);
          name.giveBack();
          return isFree;
        },
        () -> "still taken");
  }

  @Test
  void name_ofAClosedAllocatorWithABufferOut_isTakenUntilThatIsReleased() throws Exception {
    LiteByteBufAllocator first = TestAllocators.builder("hybrid").name("out").build();
    try (TestLoop loop = new TestLoop()) {
      ByteBuf buffer = loop.call(() -> first.directBuffer(10));
      first.close();
      LiteByteBufAllocator second = TestAllocators.builder("hybrid").name("out").build();
      assertThat(second.name()).isEqualTo("out-2");
      loop.run(() -> {}); // what close has asked of the loop is done before this
      buffer.release();
      LiteByteBufAllocator third = TestAllocators.builder("hybrid").name("out").build();
      assertThat(third.name()).isEqualTo("out");
      second.close();
      third.close();
    }
  }
}
