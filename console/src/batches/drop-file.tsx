import { Button } from '@adobe/react-spectrum/Button';
import { Content } from '@adobe/react-spectrum/Content';
import { DropZone } from '@adobe/react-spectrum/DropZone';
import { FileTrigger } from '@adobe/react-spectrum/FileTrigger';
import { Heading } from '@adobe/react-spectrum/Heading';
import { IllustratedMessage } from '@adobe/react-spectrum/IllustratedMessage';
import { acceptedEndings } from './file-kinds.ts';

/** Takes a file that is dropped, or chosen by a button. */
export const DropFile = ({ onFile }: { onFile(file: File): void }) => (
  <DropZone
    UNSAFE_className="drop-file"
    onDrop={async ({ items }) => {
      const dropped = items.find((item) => item.kind === 'file');
      if (dropped !== undefined) onFile(await dropped.getFile());
    }}
  >
    <IllustratedMessage>
      <Heading level={2}>Drop a file with requests</Heading>
      <Content>
        <p>CSV, JSONL, JSON or XLSX: a prompt and what else you set, in each row.</p>
        <FileTrigger
          acceptedFileTypes={acceptedEndings}
          onSelect={(files) => {
            const file = files?.[0];
            if (file) onFile(file);
          }}
        >
          <Button variant="primary">Choose a file</Button>
        </FileTrigger>
      </Content>
    </IllustratedMessage>
  </DropZone>
);
