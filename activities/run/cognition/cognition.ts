/** What thinks in runs: the port `Cognition` over the models of the configuration. */
import type { Cognition } from '../../../src/contracts/run/ports';
import { chooseModel, defaultProvider, type ModelSettings } from '../../../src/domain/run/cognition/model-choice';
import { askModel, type AskSettings } from './ask-model';
import { mockThought, scriptedThought } from './scripted';

export const cognition = (settings: ModelSettings & AskSettings): Cognition => ({
  defaultProvider: defaultProvider(settings),
  check: (choice) => void chooseModel(choice, settings),
  async think(request, signal, onDelta) {
    signal.throwIfAborted();
    const chosen = chooseModel(request.choice, settings);
    if (!('offline' in chosen)) return askModel(request, chosen, settings, { signal, onDelta });
    return chosen.offline === 'mock' ? mockThought(onDelta) : scriptedThought(request, signal, onDelta);
  },
});
