package io.github.litealloc.spring;

import io.github.litealloc.Hardening;
import io.github.litealloc.metrics.LiteAllocMetrics;
import io.github.litealloc.netty.ExhaustionPolicy;
import io.github.litealloc.netty.LiteAllocatorBuilder;
import io.github.litealloc.netty.LiteByteBufAllocator;
import io.github.litealloc.netty.OffLoopPolicy;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.Errors;
import org.springframework.validation.Validator;

/**
 * The properties {@code litealloc.*}. They have the names of the allocator's system properties,
 * which mean the same here; what is not set has the allocator's default. What is not allowed, or
 * not known, ends the start of the application with Boot's own report.
 *
 * @since 0.1.0
 */
@ConfigurationProperties(prefix = "litealloc", ignoreUnknownFields = false)
public class LiteAllocProperties implements Validator {
  /*
   * A bean that is its own validator: Boot asks it after binding, and reports property, value, file
   * and line with what it says. What is allowed only the builder knows, so it is asked.
   */

  /** Whether Reactor Netty gets the allocator. */
  private boolean enabled = true;

  /** What meters and errors call the allocator; by default the value of spring.application.name. */
  private @Nullable String name;

  /** The allocation strategy. */
  private @Nullable String strategy;

  /**
   * The most that all arenas together hold off-heap, such as 256m or 256MB; by default three
   * quarters of what the JVM or the container allows.
   */
  private @Nullable ByteSize maxBytes;

  /** How many milliseconds empty chunks are kept for reuse; -1 for ever, 0 not at all. */
  private @Nullable Long decayMillis;

  /** Whether the C library is made to let go of what was given back to it. */
  private @Nullable Boolean trimNativeHeap;

  /** What serves threads that are no event loops. */
  private @Nullable OffLoopPolicy offLoop;

  /** What a request gets that the budget or the system refuses. */
  private @Nullable ExhaustionPolicy whenExhausted;

  /** Whether buffer() returns direct buffers. */
  private @Nullable Boolean preferDirect;

  /** Whether it starts switched off, and passes all requests through. */
  private @Nullable Boolean passThrough;

  /** Whether misuse of buffers is looked for. */
  private @Nullable HardeningMode hardening;

  /** 1 in how many buffers is sampled, to tell who holds memory; 0 for none. */
  private @Nullable Integer sampling;

  /** How many event loops have meters of their own. */
  private int eventLoopDetail = LiteAllocMetrics.Builder.DEFAULT_EVENT_LOOP_DETAIL;

  /** What the allocator looks for in buffers. */
  public enum HardeningMode {
    /** Nothing. */
    OFF,
    /** Writes after release and behind the end. */
    DEBUG,
    /** Nothing, but what is released is wiped. */
    ZERO;

    Hardening hardening() {
      return switch (this) {
        case OFF -> Hardening.off();
        case DEBUG -> Hardening.debug();
        case ZERO -> Hardening.zeroOnFree();
      };
    }
  }

  /** Makes properties of which none is set. */
  public LiteAllocProperties() {}

  /**
   * Makes a builder that has these settings.
   *
   * @param applicationName the allocator's name, unless one is set
   * @return a builder
   * @throws IllegalArgumentException if a value is not allowed
   */
  LiteAllocatorBuilder builder(@Nullable String applicationName) {
    LiteAllocatorBuilder builder = LiteByteBufAllocator.builder();
    if (applicationName != null && !applicationName.isBlank()) {
      builder.name(applicationName);
    }
    forEachSetting(builder, (property, setting) -> setting.run());
    return builder;
  }

  private void forEachSetting(LiteAllocatorBuilder builder, BiConsumer<String, Runnable> visitor) {
    visit("name", name, builder::name, visitor);
    visit("strategy", strategy, builder::strategy, visitor);
    visit("maxBytes", maxBytes, size -> builder.maxBytes(size.bytes()), visitor);
    visit("decayMillis", decayMillis, builder::decayMillis, visitor);
    visit("trimNativeHeap", trimNativeHeap, builder::trimNativeHeap, visitor);
    visit("offLoop", offLoop, builder::offLoop, visitor);
    visit("whenExhausted", whenExhausted, builder::whenExhausted, visitor);
    visit("preferDirect", preferDirect, builder::preferDirect, visitor);
    visit("passThrough", passThrough, builder::passThrough, visitor);
    visit("hardening", hardening, mode -> builder.hardening(mode.hardening()), visitor);
    visit("sampling", sampling, builder::sampling, visitor);
  }

  private static <T> void visit(
      String property,
      @Nullable T value,
      Consumer<T> setter,
      BiConsumer<String, Runnable> visitor) {
    if (value != null) {
      visitor.accept(property, () -> setter.accept(value));
    }
  }

  @Override
  public boolean supports(Class<?> type) {
    return type == LiteAllocProperties.class;
  }

  @Override
  public void validate(Object target, Errors errors) {
    LiteAllocProperties properties = (LiteAllocProperties) target;
    properties.forEachSetting(
        LiteByteBufAllocator.builder(),
        (property, setting) -> {
          try {
            setting.run();
          } catch (IllegalArgumentException e) {
            refuse(errors, property, e.getMessage());
          }
        });
    if (properties.eventLoopDetail < 0) {
      refuse(
          errors,
          "eventLoopDetail",
          properties.eventLoopDetail + " (expected: at least 0 event loops)");
    }
  }

  private static void refuse(Errors errors, String property, @Nullable String reason) {
    errors.rejectValue(property, "litealloc", reason == null ? "not allowed" : reason);
  }

  /** {@return whether Reactor Netty gets the allocator} */
  public boolean isEnabled() {
    return enabled;
  }

  /**
   * Sets whether Reactor Netty gets the allocator.
   *
   * @param enabled the value
   */
  public void setEnabled(boolean enabled) {
    this.enabled = enabled;
  }

  /** {@return the allocator's name} */
  public @Nullable String getName() {
    return name;
  }

  /**
   * Sets the allocator's name.
   *
   * @param name the value
   */
  public void setName(@Nullable String name) {
    this.name = name;
  }

  /** {@return the name of the allocation strategy} */
  public @Nullable String getStrategy() {
    return strategy;
  }

  /**
   * Sets the name of the allocation strategy.
   *
   * @param strategy the value
   */
  public void setStrategy(@Nullable String strategy) {
    this.strategy = strategy;
  }

  /** {@return the ceiling of the allocator's own budget} */
  public @Nullable ByteSize getMaxBytes() {
    return maxBytes;
  }

  /**
   * Sets the ceiling of the allocator's own budget.
   *
   * @param maxBytes the value
   */
  public void setMaxBytes(@Nullable ByteSize maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** {@return how long empty chunks are kept for reuse} */
  public @Nullable Long getDecayMillis() {
    return decayMillis;
  }

  /**
   * Sets how long empty chunks are kept for reuse.
   *
   * @param decayMillis the value
   */
  public void setDecayMillis(@Nullable Long decayMillis) {
    this.decayMillis = decayMillis;
  }

  /** {@return whether the C library is made to let go} */
  public @Nullable Boolean getTrimNativeHeap() {
    return trimNativeHeap;
  }

  /**
   * Sets whether the C library is made to let go.
   *
   * @param trimNativeHeap the value
   */
  public void setTrimNativeHeap(@Nullable Boolean trimNativeHeap) {
    this.trimNativeHeap = trimNativeHeap;
  }

  /** {@return what serves threads that are no event loops} */
  public @Nullable OffLoopPolicy getOffLoop() {
    return offLoop;
  }

  /**
   * Sets what serves threads that are no event loops.
   *
   * @param offLoop the value
   */
  public void setOffLoop(@Nullable OffLoopPolicy offLoop) {
    this.offLoop = offLoop;
  }

  /** {@return what a refused request gets} */
  public @Nullable ExhaustionPolicy getWhenExhausted() {
    return whenExhausted;
  }

  /**
   * Sets what a refused request gets.
   *
   * @param whenExhausted the value
   */
  public void setWhenExhausted(@Nullable ExhaustionPolicy whenExhausted) {
    this.whenExhausted = whenExhausted;
  }

  /** {@return whether buffer() returns direct buffers} */
  public @Nullable Boolean getPreferDirect() {
    return preferDirect;
  }

  /**
   * Sets whether buffer() returns direct buffers.
   *
   * @param preferDirect the value
   */
  public void setPreferDirect(@Nullable Boolean preferDirect) {
    this.preferDirect = preferDirect;
  }

  /** {@return whether it starts switched off} */
  public @Nullable Boolean getPassThrough() {
    return passThrough;
  }

  /**
   * Sets whether it starts switched off.
   *
   * @param passThrough the value
   */
  public void setPassThrough(@Nullable Boolean passThrough) {
    this.passThrough = passThrough;
  }

  /** {@return whether misuse of buffers is looked for} */
  public @Nullable HardeningMode getHardening() {
    return hardening;
  }

  /**
   * Sets whether misuse of buffers is looked for.
   *
   * @param hardening the value
   */
  public void setHardening(@Nullable HardeningMode hardening) {
    this.hardening = hardening;
  }

  /** {@return 1 in how many buffers is sampled} */
  public @Nullable Integer getSampling() {
    return sampling;
  }

  /**
   * Sets 1 in how many buffers is sampled.
   *
   * @param sampling the value
   */
  public void setSampling(@Nullable Integer sampling) {
    this.sampling = sampling;
  }

  /** {@return how many event loops have meters of their own} */
  public int getEventLoopDetail() {
    return eventLoopDetail;
  }

  /**
   * Sets how many event loops have meters of their own.
   *
   * @param eventLoopDetail the value
   */
  public void setEventLoopDetail(int eventLoopDetail) {
    this.eventLoopDetail = eventLoopDetail;
  }
}
