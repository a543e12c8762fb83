"""The mixin that makes a Keras optimizer a scheduled one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras

from lrkit import Schedule
from lrkit.core.notice import warn
from lrkit.core.validate import at_least_zero
from lrkit.keras.optimizer import state
from lrkit.keras.optimizer.arguments import as_rate, as_scheduled, check_config
from lrkit.keras.optimizer.clipping import clipped, clipping_of
from lrkit.keras.optimizer.found import Found, as_plain, recall, rules_text, write
from lrkit.keras.optimizer.groups import Groups, kept_where_zero
from lrkit.keras.optimizer.hyperparameter import is_compiling
from lrkit.keras.optimizer.multipliers import as_rules, paths_of, resolve
from lrkit.keras.steps import concrete, tensor_of
from lrkit.multipliers import checked_layerwise

if TYPE_CHECKING:
    from keras.optimizers import Optimizer as _Optimizer
else:
    _Optimizer = object  # the Keras class comes behind, when `scheduled` puts the two together

_FORMAT = 1  # of `get_config`; a file of a newer format is refused, never guessed at


class Scheduled(_Optimizer):
    """What every optimizer made by `scheduled` can do beside what its Keras class can.

    It stands before the Keras class, which it asks for all that is an optimizer's own.

    Attributes:
        factor: A float32 variable, 1 at first. The rate of update k is `schedule(k) * factor`.
        factor_changes: The changes of the factor in this process: (updates before it, factor).
        notes: Plain JSON that callbacks keep in every checkpoint, under names of their own.
    """

    factor: Any
    factor_changes: list[tuple[int, float]]
    notes: dict[str, Any]

    def __init__(
        self,
        learning_rate: Any = None,
        *,
        multipliers: Mapping[Any, Any] | None = None,
        layerwise_decay: float | None = None,
        layers: Sequence[str] | None = None,
        decoupled: bool = False,
        **arguments: Any,
    ) -> None:
        who = type(self).__name__
        numbers, schedules = as_scheduled(type(self), arguments)
        rate = as_rate(type(self), learning_rate, arguments)
        # Straight into `__dict__`, here and below: Keras and TensorFlow would wrap what is set as
        # an attribute to find variables in it, and the hyperparameters read these before that.
        own = self.__dict__
        own.update(_scheduled={}, _numbers={}, _as_numbers=True, _is_compiled=False, _scale=None)
        own.update(_rules=as_rules(who, multipliers), _groups=Groups.of_one())
        own.update(_layerwise=checked_layerwise(who, layerwise_decay, layers))
        own.update(notes={}, factor_changes=[], _found=None, _written=None)
        super().__init__(learning_rate=rate, **numbers)
        own.update(_decoupled=_checked_decoupled(who, decoupled, self))
        own.update(_scheduled=schedules, _as_numbers=False)
        self.factor = keras.Variable(
            1.0, dtype="float32", trainable=False, aggregation="only_first_replica", name="factor"
        )

    @property
    def schedules(self) -> dict[str, Schedule]:
        """The schedules of all hyperparameters but the learning rate, which count updates."""
        return {name: rate.schedule for name, rate in self._scheduled.items()}

    @property
    def learning_rate(self) -> Any:
        """The rate of the update that comes next: its schedule times the factor."""
        return self._get_current_learning_rate()

    @learning_rate.setter
    def learning_rate(self, learning_rate: Any) -> None:
        if isinstance(learning_rate, int | float | keras.Variable):
            raise TypeError(
                f"{type(self).__name__}: `learning_rate` must stay a schedule, got learning_rate="
                f"{learning_rate!r}. For a plateau use lrkit.keras.Plateau in place of "
                "ReduceLROnPlateau; for a rate of your own call set_factor(...)."
            )
        if self._is_compiled:
            warn(
                f"{type(self).__name__}: `learning_rate` was set after the training function was "
                "compiled, and a compiled function goes on with the one from before. Call "
                "model.compile(...) or model.make_train_function(force=True) after the change."
            )
        arguments = {"gradient_accumulation_steps": self.gradient_accumulation_steps}
        self._learning_rate = as_rate(type(self), learning_rate, arguments)

    @property
    def updates(self) -> int:
        """Updates of the weights so far."""
        return self._counter() // (self.gradient_accumulation_steps or 1)

    def _counter(self) -> int:
        return int(concrete(tensor_of(self._iterations)))  # type: ignore[arg-type]

    def set_factor(self, factor: float) -> None:
        """Multiplies all rates from the next update on, without compiling anew.

        On JAX, call it in a callback only after reading `self.model`, which brings the optimizer's
        variables back from the training loop.

        Args:
            factor: Of 0 or more. 1 is the schedule as it is.

        Raises:
            ValueError: If it is negative or not finite.
        """
        factor = at_least_zero(type(self).__name__, "factor", factor)
        self.factor.assign(factor)
        self.factor_changes.append((self.updates, factor))

    def describe(self, update: int | None = None) -> None:
        """Prints a table of the variables, their multipliers and their rates.

        Args:
            update: The update whose rates are shown, from 0. Default: the next one.

        Raises:
            ValueError: If the optimizer has not been built for the variables of a model.
        """
        from lrkit.keras.optimizer.describe import print_table

        print_table(self, update)

    def build(self, variables: Any) -> None:
        """Called by Keras: finds the multiplier of each variable, then makes the slots."""
        if not self.built:
            text, paths = rules_text(self._rules, self._layerwise), paths_of(variables)
            found = recall(self._written, text, paths)
            if found is None:
                who = type(self).__name__
                multipliers = resolve(who, variables, self._rules, *self._layerwise)
                decays = [super(Scheduled, self)._use_weight_decay(v) for v in variables]
                found = list(map(Found, paths, multipliers, decays))
            keys = [self._var_key(variable) for variable in variables]
            multipliers = [one.multiplier for one in found]
            every = self.gradient_accumulation_steps or 1
            self.__dict__["_groups"] = Groups(keys, multipliers, every)
            self.__dict__["_found"] = dict(zip(keys, found, strict=True))
        super().build(variables)

    # What Keras asks for within an update.

    def _get_current_learning_rate(self) -> Any:
        rate = super()._get_current_learning_rate()
        if not self._is_compiled:
            self.__dict__["_is_compiled"] = is_compiling(self)
        factor = concrete(tensor_of(self.factor)) if isinstance(rate, float) else None
        rate = rate * (tensor_of(self.factor) if factor is None else factor)
        scale = self._scale
        return rate if scale is None else scale(rate)

    def _clip_gradients(self, grads: Any) -> Any:
        name = clipping_of(self._scheduled)
        if name is None:
            return super()._clip_gradients(grads)
        return clipped(self, name, grads)

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """Called by Keras: one batch. Frozen variables are not part of it."""
        if trainable_variables is None:
            trainable_variables = self._trainable_variables
            if len(grads) != len(trainable_variables):
                super().apply(grads)  # which says what is wrong
                return
        if not self.built:
            with keras.name_scope(self.name):
                self.build(list(trainable_variables))
        of = {id(v): self._groups.of(self._var_key(v)) for v in trainable_variables}
        pairs = zip(grads, trainable_variables, strict=True)
        moving = [(grad, v) for grad, v in pairs if not of[id(v)].is_frozen]
        if not moving:
            self._iterations.assign_add(1)
            return
        variables = [v for _, v in moving]
        with kept_where_zero([(v, of[id(v)]) for v in variables], self._iterations):
            super().apply([grad for grad, _ in moving], variables)

    def _use_weight_decay(self, variable: Any) -> bool:
        found = (self._found or {}).get(self._var_key(variable))
        return bool(super()._use_weight_decay(variable) if found is None else found.decays)

    def _apply_weight_decay(self, variables: Any) -> None:
        """The decay of Keras, which is proportional to the rate, with each variable's own rate."""
        decaying = [v for v in variables if self._use_weight_decay(v)]
        for multiplier, members in self._groups.split(decaying, self._var_key):
            self.__dict__["_scale"] = multiplier.scale(self._iterations, self._decoupled)
            try:
                super()._apply_weight_decay(members)
            finally:
                self.__dict__["_scale"] = None

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """One variable's update, as Keras does it on TensorFlow and JAX."""
        multiplier = self._groups.of(self._var_key(variable))
        rate = multiplier.times(learning_rate, self._iterations)
        super().update_step(gradient, variable, rate)

    def _parallel_update_step(self, grads: Any, variables: Any, learning_rate: Any) -> None:
        """All variables at once, as Keras does it on torch: here one multiplier at a time."""
        product = getattr(self, "_u_product", None)  # of Nadam, which advances it at each call
        before = None if product is None else product.value.clone()
        places = range(len(variables))
        for multiplier, members in self._groups.split(
            places, lambda i: self._var_key(variables[i])
        ):
            if product is not None:
                product.assign(before)
            rate = multiplier.times(learning_rate, self._iterations)
            inside = [variables[i] for i in members]
            super()._parallel_update_step([grads[i] for i in members], inside, rate)

    def _update_model_variables_moving_average(self, trainable_variables: Any) -> None:
        """The averages of Keras; that of a frozen variable is the variable, to the last bit."""
        super()._update_model_variables_moving_average(trainable_variables)
        if not self.use_ema:
            return
        averages = self._model_variables_moving_average
        for variable, average in zip(trainable_variables, averages, strict=True):
            multiplier = self._groups.of(self._var_key(variable))
            if multiplier.is_frozen and average is not None:
                average.assign(variable)

    # Files.

    def save_own_variables(self, store: Any) -> None:
        """Called by Keras: writes the variables, the factor and the notes of callbacks."""
        state.save(self, store)

    def load_own_variables(self, store: Any) -> None:
        """Called by Keras: reads what a scheduled optimizer wrote, or a plain one of its class."""
        state.load(self, store, super().load_own_variables)

    def get_config(self) -> dict[str, Any]:
        """Plain JSON: the arguments, schedules as their texts."""
        self.__dict__["_as_numbers"] = True
        try:
            config: dict[str, Any] = super().get_config()
        finally:
            self.__dict__["_as_numbers"] = False
        config |= {name: repr(schedule) for name, schedule in self.schedules.items()}
        decay, layers = self._layerwise
        found = None if self._found is None else list(self._found.values())
        return config | {
            "format": _FORMAT,
            "multipliers": {rule.pattern: as_plain(rule.multiplier) for rule in self._rules},
            "found": write(found, rules_text(self._rules, self._layerwise)),
            "layerwise_decay": decay,
            "layers": layers,
            "decoupled": self._decoupled,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """The optimizer that `get_config` described.

        Raises:
            ValueError: If a newer lrkit wrote it.
        """
        config = dict(config)
        check_config(cls, config.pop("format", _FORMAT), _FORMAT)
        found = config.pop("found", None)
        made = super().from_config(config, custom_objects=custom_objects)
        made.__dict__["_written"] = found
        return made


def _checked_decoupled(who: str, decoupled: Any, optimizer: Any) -> bool:
    if not isinstance(decoupled, bool):
        raise TypeError(f"{who}: `decoupled` must be True or False, got decoupled={decoupled!r}.")
    if decoupled and optimizer.weight_decay is None:
        raise TypeError(
            f"{who}: `decoupled` must be left out unless there is weight decay, got weight_decay="
            "None. Write weight_decay=1e-5 for example."
        )
    return decoupled
